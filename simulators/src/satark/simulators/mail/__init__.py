"""A mail catcher: an SMTP server that delivers to nobody, keeps each mail as a file and shows them on a page.

`server.running_mail_catcher` is the way in for tests, `command` the one for people.
"""
