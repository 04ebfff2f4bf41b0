"""Alarms: rules over the state of one object (a UVE), and the life of what they find. Pure: values in, values out."""
