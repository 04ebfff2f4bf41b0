"""Syslog: RFC 5424 and RFC 3164 with the deviations of the field, over UDP, TCP and TLS."""
