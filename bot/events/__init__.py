"""The operator tells by itself: hubs, the listener, and the looks that events bring forward."""
