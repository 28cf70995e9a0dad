-- expect: ok ; out=/refused/
print(host.try("__class__"), host.try("file.open\0x")) print(select(2,host.try("call")))
