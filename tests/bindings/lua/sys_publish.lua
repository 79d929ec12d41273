-- sys.publish queues: no handler runs inside it; first in, first out.
sys.subscribe("M", function(...) print("got", ...) end)
sys.publish("M", 1)
sys.publish("M", 2)
print("published")
-- expect: published
-- expect: got	1
-- expect: got	2
