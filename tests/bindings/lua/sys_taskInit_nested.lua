-- sys.taskInit in a task runs the new one first, up to its wait.
sys.taskInit(function()
    sys.taskInit(function()
        print("inner")
        sys.wait(1)
        print("inner again")
    end)
    print("outer")
    sys.wait(1)
    print("outer again")
end)
-- expect: inner
-- expect: outer
-- expect: inner again
-- expect: outer again
