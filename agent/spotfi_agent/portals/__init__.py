"""Captive portals on the router (uspot, CoovaChilli, openNDS): a room for their drivers. Until one is here, the owner's
`kick_command` is how a guest's session is ended.
"""
