"""How requests come in and answers go out: HTTP/1.1, JSON, forms and XML."""
