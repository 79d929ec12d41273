-- sys.subscribe takes a table of topics.
sys.subscribe({"A", "B"}, function(x) print(x) end)
sys.publish("A", "a")
sys.publish("B", "b")
-- expect: a
-- expect: b
