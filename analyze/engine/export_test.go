package engine

// Shelve has workers write their Sets to disk after so many events, if memory is
// short.
func Shelve(cfg *Config, events int) { cfg.every = events }
