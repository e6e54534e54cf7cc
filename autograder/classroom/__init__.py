"""What passes between this repository and a class: what is handed out, graded and released."""
