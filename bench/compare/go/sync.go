// sync.go - the peer Go: channels, select, locks; on one P and on two
// SPDX-License-Identifier: MIT
package main

import (
	"runtime"
	"sync"
	"time"
)

var start = time.Now()

// The clock of what runs on two Ps: real time, not that of both together.
func wall() float64 { return float64(time.Since(start)) }

func chanPing(clock func() float64) func(int) float64 {
	return func(n int) float64 {
		ping, pong := make(chan uint64), make(chan uint64)
		begin := clock()
		go func() {
			for value := range ping {
				pong <- value
			}
		}()
		for i := 0; i < n; i++ {
			ping <- uint64(i)
			<-pong
		}
		close(ping)
		return clock() - begin
	}
}

// Two senders with a channel each, one receiver for both.
func selectTwo(n int) float64 {
	a, b := make(chan uint64), make(chan uint64)
	sum := uint64(0)
	begin := now()
	for _, one := range []chan uint64{a, b} {
		go func(mine chan uint64) {
			for left := n / 2; left > 0; left-- {
				mine <- uint64(left)
			}
		}(one)
	}
	for left := n / 2 * 2; left > 0; left-- {
		select {
		case value := <-a:
			sum += value
		case value := <-b:
			sum += value
		}
	}
	return now() - begin
}

func fourToOne(clock func() float64) func(int) float64 {
	return func(n int) float64 {
		channel := make(chan uint64, 128)
		begin := clock()
		for i := 0; i < 4; i++ {
			go func() {
				for left := n / 4; left > 0; left-- {
					channel <- uint64(left)
				}
			}()
		}
		for left := n / 4 * 4; left > 0; left-- {
			<-channel
		}
		return clock() - begin
	}
}

func mutexes(count int) func(int) float64 {
	return func(n int) float64 {
		var all sync.WaitGroup
		var mutex sync.Mutex
		sum := 0
		begin := now()
		for i := 0; i < count; i++ {
			all.Add(1)
			go func() {
				for left := n / count; left > 0; left-- {
					mutex.Lock()
					sum++
					mutex.Unlock()
				}
				all.Done()
			}()
		}
		all.Wait()
		return now() - begin
	}
}

func readLocks(write bool) func(int) float64 {
	return func(n int) float64 {
		var lock sync.RWMutex
		sum := 0
		begin := now()
		for ; n > 0; n-- {
			if write {
				lock.Lock()
				sum++
				lock.Unlock()
			} else {
				lock.RLock()
				sum++
				lock.RUnlock()
			}
		}
		return now() - begin
	}
}

func conditionPing(n int) float64 {
	var all sync.WaitGroup
	var mutex sync.Mutex
	changed := [2]*sync.Cond{sync.NewCond(&mutex), sync.NewCond(&mutex)}
	turn := 0
	begin := now()
	for self := 0; self < 2; self++ {
		all.Add(1)
		go func(self int) {
			mutex.Lock()
			for left := n; left > 0; left-- {
				for turn != self {
					changed[self].Wait()
				}
				turn = 1 - self
				changed[1-self].Signal()
			}
			mutex.Unlock()
			all.Done()
		}(self)
	}
	all.Wait()
	return now() - begin
}

func onOne() {
	run("pool_spawn_1t", 1000000, spawnJoin(now))
	run("chan_ping", 1000000, chanPing(now))
	run("select_2", 1000000, selectTwo)
	run("chan_4to1_1t", 4000000, fourToOne(now))
	run("mutex_uncontended", 10000000, mutexes(1))
	run("mutex_100", 10000000, mutexes(100))
	run("rwlock_read", 10000000, readLocks(false))
	run("rwlock_write", 10000000, readLocks(true))
	run("condition_ping", 1000000, conditionPing)
}

func onTwo() {
	runtime.GOMAXPROCS(2)
	run("pool_spawn_2t", 1000000, spawnJoin(wall))
	run("chan_ping_2t", 1000000, chanPing(wall))
	run("chan_4to1_2t", 4000000, fourToOne(wall))
}
