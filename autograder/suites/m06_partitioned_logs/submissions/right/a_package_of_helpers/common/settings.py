# this folder has no __init__.py: Python finds it all the same
RETRIES = {"mode": "standard", "total_max_attempts": 15}
STREAM = "iot-sensor-data"
USERS = ["alice", "bob", "charlie", "diana", "eve"]
ACTIONS = ["login", "view_page", "click", "logout"]
