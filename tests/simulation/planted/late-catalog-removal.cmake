# A removal that comes late takes the row of a newer value.
set(store objects)
set(finds "listing disagree")
set(file wasm/stores/durable-object/catalog.cc)
change([=[
      sqlRequest("DELETE FROM kvista_keys WHERE key = ? AND generation = ?", which),
]=] [=[
      sqlRequest("DELETE FROM kvista_keys WHERE key = ? AND generation IN (?, generation)", which),
]=])
