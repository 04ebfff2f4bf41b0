"""From incident events to mails: what to say, how it is laid out, RFC 5322. Pure."""
