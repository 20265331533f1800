"""The portal: accounts, courses, worlds and labs, on the models, the bus and the websocket."""
