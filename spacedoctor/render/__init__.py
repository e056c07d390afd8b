"""A diagnosis as text: each module here has `render(diagnosis) -> str`."""
