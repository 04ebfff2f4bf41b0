"""The metrics of the pages behind links."""

from prometheus_client import Counter

LINKS = Counter(
    "satark_analytics_mail_links_total",
    "Requests for the pages behind links of mails, by what the link is for and how it ended.",
    ["purpose", "result"],
)
