-- expect: ok ; out=/a coroutine cannot be sent/
print(pcall(Session.create,coroutine.create(print)))
