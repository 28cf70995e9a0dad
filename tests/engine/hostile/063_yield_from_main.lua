-- expect: error ; text=/outside a coroutine/
coroutine.yield(1)
