-- expect: ok ; out=/binary chunk/
print(load("\27Lua\x54\0\x19\x93"))
