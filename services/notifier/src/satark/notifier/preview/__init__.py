"""`satark notifier preview`: mails as files, to look at before anybody gets them."""
