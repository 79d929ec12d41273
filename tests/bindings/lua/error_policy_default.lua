-- Both policies are off by default: report and go on.
print(COROUTINE_ERROR_ROLL_BACK, COROUTINE_ERROR_RESTART) -- expect: false	false
