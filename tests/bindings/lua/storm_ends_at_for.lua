-- A storm that nothing but --for ends is ended by it, in virtual time too, within few seconds.
-- run: --for 1s
-- expect error: virtual time moves on
-- expect error: --for is over
sys.subscribe("A", function() sys.publish("A") end)
sys.publish("A")
