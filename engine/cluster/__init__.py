"""The engine on several devices and machines, behind the same protocol. Ray is known to `on_ray` alone."""
