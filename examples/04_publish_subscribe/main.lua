-- Who measures does not know who listens: messages have a name and values.

sys.taskInit(function() -- publishes a temperature every second
    for _, celsius in ipairs({19.5, 21.0, 24.5}) do
        sys.publish("TEMPERATURE", celsius)
        sys.wait(1000)
    end
    sys.publish("SENSOR_OFF")
end)

-- A function that is called for every message ...
sys.subscribe("TEMPERATURE", function(celsius)
    log.info("display", celsius)
end)

-- ... and a task that waits for one of several.
sys.taskInit(function()
    while true do
        local id, celsius = sys.waitUntilExt({"TEMPERATURE", "SENSOR_OFF"})
        if id == "SENSOR_OFF" then
            break
        elseif celsius > 24 then
            log.warn("alarm", "too warm:", celsius)
        end
    end
    log.info("alarm", "the sensor is off")
end)

sys.run()
