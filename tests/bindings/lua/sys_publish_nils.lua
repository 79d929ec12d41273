-- Trailing nils of a message are dropped, inner ones kept.
sys.subscribe("M", function(...) print(select("#", ...), ...) end)
sys.publish("M", nil, 2, nil, nil)
sys.publish("M", nil, nil)
sys.publish("M")
-- expect: 2	nil	2
-- expect: 0
-- expect: 0
