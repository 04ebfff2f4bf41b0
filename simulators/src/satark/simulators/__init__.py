"""What stands in for the world outside: a simulated orchestrator (`vco`) and a mail catcher (`mail`).

Both speak the real protocols over sockets; nothing in a service knows that they are not the real thing.
"""
