"""The notifier: tells people about incidents by e-mail, each of them once.

`settings` `smtp_target` `addresses`, `metrics`; pure: `wording` `sparkline` `checks` `view` `render` `headers` `message`
(what a mail says), `outcomes` `outbox` `progress` (whom to tell when); shell: `channels` `ledger` `courier` `app`, `main`.
"""
