"""The running agent. One thread owns all state: samples, journal, commands; the link and the commands' lanes talk to it
through one queue of events.
"""
