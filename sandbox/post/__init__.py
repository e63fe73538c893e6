"""The post of this world: what telephones got by SMS, and a real mail server with its box."""

from sandbox.post.routes import PostRoutes, open_post
from sandbox.post.sms import SmsBox

__all__ = ["PostRoutes", "SmsBox", "open_post"]
