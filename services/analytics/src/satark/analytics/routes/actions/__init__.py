"""The pages behind the links of mails: an incident is acknowledged or silenced by whoever has the link.

Theory of operation. The token in the address says who may do what (`satark.runtime.signed`), so nobody is asked to log in.
GET and HEAD show what would be done and change nothing: what scans mails for bad links follows every one of them. POST does
it. Nothing but the token makes a POST valid, and another site's page does not have it: an address is sent to no other site
(Referrer-Policy) and shown in no frame. What is done is named by the link: done twice, or by two processes, it is one.
"""
