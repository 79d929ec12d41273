// main.go - the peer Go: timers, sleeping, yield, spawn, memory
// SPDX-License-Identifier: MIT
//
//	peer               every figure of time, on one P, then on two
//	peer services      the last of them: those of services.go
//	peer bytes KIND    memory of a parked goroutine: asleep, waiting, limited
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"sort"
	"sync"
	"syscall"
	"time"
)

const rounds = 9
const seed = uint64(88172645463325252)

func short() bool { return os.Getenv("BENCH_SHORT") != "" }

// CPU time of the process in ns: the collector's threads count as well.
func now() float64 {
	var use syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &use)
	return float64(use.Utime.Nano() + use.Stime.Nano())
}

func report(name string, samples []float64) {
	sort.Float64s(samples)
	fmt.Printf("Go\t%s\t%.4g\t%.4g\t%.4g\n", name, samples[len(samples)/2],
		samples[0], samples[len(samples)-1])
}

// One round that is not counted, then the others; round gives ns of all n.
func run(name string, n int, round func(n int) float64) {
	samples := []float64{}
	count := rounds
	if short() {
		count = 1
		if n > 1000 {
			n = 1000
		}
	}
	round(n)
	for i := 0; i < count; i++ {
		samples = append(samples, round(n)/float64(n))
	}
	report(name, samples)
}

func random(state *uint64) uint64 {
	*state ^= *state << 13
	*state ^= *state >> 7
	*state ^= *state << 17
	return *state
}

func timers(size string, n int) {
	state := seed
	span := make([]time.Duration, n)
	for i := range span {
		span[i] = time.Minute + time.Duration(random(&state)%uint64(time.Minute))
	}
	timer := make([]*time.Timer, n)
	repeat := 1000000 / n
	both := func(cancel bool) func(int) float64 {
		return func(n int) float64 {
			sum := 0.0
			for r := 0; r < repeat; r++ {
				begin := now()
				for i := 0; i < n; i++ {
					timer[i] = time.AfterFunc(span[i], func() {})
				}
				middle := now()
				for i := 0; i < n; i++ {
					timer[i].Stop()
				}
				end := now()
				if cancel {
					sum += end - middle
				} else {
					sum += middle - begin
				}
			}
			return sum / float64(repeat)
		}
	}
	run("timer_insert_"+size, n, both(false))
	run("timer_cancel_"+size, n, both(true))
}

func sleepers(n int) float64 {
	state := seed
	var all sync.WaitGroup
	begin := now()
	for i := 0; i < n; i++ {
		span := time.Duration(random(&state)%1000000) * time.Microsecond
		all.Add(1)
		go func() {
			time.Sleep(span)
			all.Done()
		}()
	}
	all.Wait()
	return now() - begin
}

func yielders(count int) func(int) float64 {
	return func(n int) float64 {
		var all sync.WaitGroup
		begin := now()
		for i := 0; i < count; i++ {
			all.Add(1)
			go func() {
				for left := n / count; left > 0; left-- {
					runtime.Gosched()
				}
				all.Done()
			}()
		}
		all.Wait()
		return now() - begin
	}
}

func pingPong(n int) float64 {
	ping, pong := make(chan struct{}), make(chan struct{})
	begin := now()
	go func() {
		for i := 0; i < n; i++ {
			<-ping
			pong <- struct{}{}
		}
	}()
	for i := 0; i < n; i++ {
		ping <- struct{}{}
		<-pong
	}
	return now() - begin
}

func wakes(n int) float64 {
	const batch = 1000
	var door [batch]chan struct{}
	for i := range door {
		door[i] = make(chan struct{})
		go func(mine chan struct{}) {
			for range mine {
			}
		}(door[i])
	}
	runtime.Gosched()
	begin := now()
	for done := 0; done < n; done += batch {
		for i := range door {
			door[i] <- struct{}{}
		}
		runtime.Gosched()
	}
	begin = now() - begin
	for i := range door {
		close(door[i])
	}
	return begin
}

func spawnJoin(clock func() float64) func(int) float64 {
	const batch = 1000
	return func(n int) float64 {
		begin := clock()
		for done := 0; done < n; done += batch {
			var all sync.WaitGroup
			all.Add(batch)
			for i := 0; i < batch; i++ {
				go all.Done()
			}
			all.Wait()
		}
		return clock() - begin
	}
}

func resident() float64 {
	var size, pages int
	file, err := os.Open("/proc/self/statm")
	if err == nil {
		fmt.Fscan(file, &size, &pages)
		file.Close()
	}
	return float64(pages * os.Getpagesize())
}

func bytes(kind string) {
	n := 1000000
	if short() {
		n = 1000
	}
	never := make(chan struct{})
	body := map[string]func(){
		"asleep":  func() { time.Sleep(time.Hour) },
		"waiting": func() { <-never },
		"limited": func() {
			timer := time.NewTimer(time.Hour)
			select {
			case <-never:
			case <-timer.C:
			}
		},
	}[kind]
	before := resident()
	for i := 0; i < n; i++ {
		go body()
	}
	time.Sleep(time.Second)
	debug.FreeOSMemory()
	report("bytes_"+kind, []float64{(resident() - before) / float64(n)})
	if kind == "waiting" {
		report("fibers_live", []float64{float64(runtime.NumGoroutine() - 1)})
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	if len(os.Args) > 2 && os.Args[1] == "bytes" {
		bytes(os.Args[2])
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "services" {
		services()
		return
	}
	timers("1e3", 1000)
	timers("1e4", 10000)
	timers("1e5", 100000)
	timers("1e6", 1000000)
	run("sleepers_1e6", 1000000, sleepers)
	run("wake_local", 1000000, wakes)
	run("yield_2", 2000000, yielders(2))
	run("yield_1e4", 2000000, yielders(10000))
	run("event_ping", 500000, pingPong)
	run("spawn_join", 1000000, spawnJoin(now))
	onOne()
	onTwo()
	services()
}
