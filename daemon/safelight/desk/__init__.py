"""Layer 6: the desk, a local web page and its interface for programs. A face: it calls `app` and holds no truth of its own.

The only package that knows the web framework. Later pages add a module in `routes/` and a template; guard, headers and
the shape of errors hold for them without a word.
"""
