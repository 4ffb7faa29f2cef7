"""Optional model files: what there is to fetch, where it lies, and how it comes here. Nothing here is fetched by itself."""
