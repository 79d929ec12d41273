-- mcu.unique_id is an empty string where there is no serial number.
print(#mcu.unique_id()) -- expect: 0
