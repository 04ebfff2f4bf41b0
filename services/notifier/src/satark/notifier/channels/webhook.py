"""A message as JSON for a program, signed so that it can be told from anybody else's. Pure."""

import hmac
from datetime import datetime

from satark.notifier.channels import webhook_message
from satark.notifier.channels.http_request import Request
from satark.notifier.channels.words import Link
from satark.notifier.routing.receivers import WebhookConfig
from satark.notifier.telling import Told
from satark.runtime.secret import Secret

MESSAGE_ID, SIGNATURE, IDEMPOTENCY_KEY = "X-Satark-Message-Id", "X-Satark-Signature", "Idempotency-Key"


def write(told: Told, now: datetime, *, link: Link) -> Request:
    """Return the request that tells a webhook; a retry has the same ids and a new signature.

    Raises TypeError for a target that is no webhook.
    """
    config = told.target.config
    if not isinstance(config, WebhookConfig):
        raise TypeError(f"{told.target.name} is no webhook")
    body = webhook_message.encode(webhook_message.message_of(told, link, now, max_incidents=config.max_incidents))
    headers = {MESSAGE_ID: told.id, IDEMPOTENCY_KEY: told.id}
    if config.secret is not None:
        headers[SIGNATURE] = signature(config.secret, body, now)
    return Request(
        url=config.url,
        body=body,
        headers=headers,
        timeout_s=config.timeout_s,
        ca_file=config.ca_file,
        message_id=told.id,
        secrets=(config.secret,) if config.secret is not None else (),
    )


def signature(secret: Secret, body: bytes, now: datetime) -> str:
    """Return `t=<unix seconds>,v1=<hex>`: the HMAC-SHA256 of the time, a dot and the body.

    The time is signed too: so what somebody has overheard cannot be sent again much later.
    """
    time = str(int(now.timestamp()))
    digest = hmac.new(secret.reveal().encode(), f"{time}.".encode() + body, "sha256").hexdigest()
    return f"t={time},v1={digest}"
