"""How often each secret may be tried; web/rate_limits.py says what a rate is. Tries that succeed do not count, but for
those that make something: accounts and mails.

One address alone never uses up the rate of a name, so that nobody keeps somebody else out from a single place; and
browsers that somebody has logged in from are counted by themselves (accounts/adapter.py), so that they go on
working while many places together try a name.
"""

LOG_IN_BY_ADDRESS = "30/30m"
LOG_IN_BY_NAME = "60/30m"
LINK = "30/30m"  # secret ones: invitations, the first run, new passwords and addresses; by address
NEW_ACCOUNT = "60/h"  # by address: all of an office may come on one day
CONFIRMATION = "10/10m"  # password or code of somebody who is logged in, by account
SIGN_ON = "60/10m"  # each asks the provider; by address
SECOND_STEP = "10/10m"  # code after the right password, by account
USED_CODE = "1/2m"  # each code of a second factor, by account: it is taken once
MAIL_BY_ADDRESS = "20/h"
MAIL_BY_RECIPIENT = "4/h"
INVITATION_MAIL = "30/h"  # by who invites
