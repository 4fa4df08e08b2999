"""Who you are: members, businesses' accounts, moderators, their sessions and invitations."""
