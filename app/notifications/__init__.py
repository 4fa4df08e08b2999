"""Who is told, and where: the inbox, the outbox, the devices and what each wants to hear."""
