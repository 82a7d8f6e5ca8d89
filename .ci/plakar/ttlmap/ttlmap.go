// Package ttlmap is a stand-in with the few calls plakar's web interface makes.
package ttlmap

import (
	"sync"
	"time"
)

type item[V any] struct {
	value   V
	expires time.Time
}

type TTLMap[K comparable, V any] struct {
	mu  sync.Mutex
	ttl time.Duration
	m   map[K]item[V]
}

func New[K comparable, V any](ttl time.Duration) *TTLMap[K, V] {
	return &TTLMap[K, V]{ttl: ttl, m: map[K]item[V]{}}
}

func (t *TTLMap[K, V]) AutoExpire() {}

func (t *TTLMap[K, V]) Add(k K, v V) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.m[k] = item[V]{v, time.Now().Add(t.ttl)}
}

func (t *TTLMap[K, V]) Get(k K) (V, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, ok := t.m[k]
	if ok && time.Now().After(i.expires) {
		delete(t.m, k)
		ok = false
	}
	return i.value, ok
}
