-- weft.cancelled is what the waits of a cancelled scope raise; one that is not the scope's own is an error like any.
print(tostring(weft.cancelled), type(weft.cancelled))
sys.taskInit(function()
    print(pcall(weft.scope, function(s) error(weft.cancelled) end))
    print(weft.scope(function(s) s:cancel() error(weft.cancelled) end))
end)
-- expect: cancelled	table
-- expect: false	cancelled
-- expect: nil	cancelled
