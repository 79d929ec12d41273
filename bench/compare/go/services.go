// services.go - the peer Go: requests to a goroutine, by a pair of channels
// SPDX-License-Identifier: MIT
package main

import "runtime"

type request struct {
	a, b   int
	answer chan int
}

func serve(requests chan request) {
	for one := range requests {
		one.answer <- one.a + one.b
	}
}

func serviceCall(clock func() float64) func(int) float64 {
	return func(n int) float64 {
		requests, answer := make(chan request, 8), make(chan int, 1)
		begin := clock()
		go serve(requests)
		for i := 0; i < n; i++ {
			requests <- request{i, 2, answer}
			if <-answer != i+2 {
				panic("a wrong answer")
			}
		}
		close(requests)
		return clock() - begin
	}
}

// The same, each side on a thread of its own.
func serviceCross(n int) float64 {
	ready, done := make(chan chan request), make(chan float64)
	go func() {
		runtime.LockOSThread()
		requests := make(chan request, 8)
		ready <- requests
		serve(requests)
	}()
	go func() {
		runtime.LockOSThread()
		requests, answer := <-ready, make(chan int, 1)
		begin := wall()
		for i := 0; i < n; i++ {
			requests <- request{i, 2, answer}
			<-answer
		}
		done <- wall() - begin
		close(requests)
	}()
	return <-done
}

// Four send, one handles, nobody answers.
func serviceFour(clock func() float64) func(int) float64 {
	return func(n int) float64 {
		requests := make(chan request, 128)
		sum := 0
		begin := clock()
		for i := 0; i < 4; i++ {
			go func() {
				for left := n / 4; left > 0; left-- {
					requests <- request{left, 2, nil}
				}
			}()
		}
		for left := n / 4 * 4; left > 0; left-- {
			one := <-requests
			sum += one.a + one.b
		}
		if sum == 0 {
			panic("no sum")
		}
		return clock() - begin
	}
}

// One service passes each request on to another, which answers.
func serviceForward(n int) float64 {
	front, back := make(chan request, 8), make(chan request, 8)
	answer := make(chan int, 1)
	begin := now()
	go serve(back)
	go func() {
		for one := range front {
			back <- one
		}
		close(back)
	}()
	for i := 0; i < n; i++ {
		front <- request{i, 2, answer}
		if <-answer != i+2 {
			panic("a wrong answer")
		}
	}
	close(front)
	return now() - begin
}

// A value that arrives once: a channel of its own for each.
func futureSettle(n int) float64 {
	sum := 0
	begin := now()
	for i := 0; i < n; i++ {
		future := make(chan int, 1)
		future <- i
		sum += <-future
	}
	return now() - begin
}

// The same, from another goroutine.
func job(n int) float64 {
	sum := 0
	begin := now()
	for i := 0; i < n; i++ {
		future := make(chan int, 1)
		go func() { future <- i }()
		sum += <-future
	}
	return now() - begin
}

func services() {
	runtime.GOMAXPROCS(1)
	run("service_call", 1000000, serviceCall(now))
	run("service_forward", 500000, serviceForward)
	run("service_4to1", 4000000, serviceFour(now))
	run("future_settle", 5000000, futureSettle)
	run("job_1t", 1000000, job)
	runtime.GOMAXPROCS(2)
	run("service_call_2t", 500000, serviceCall(wall))
	run("service_call_cross", 30000, serviceCross)
	run("service_4to1_2t", 4000000, serviceFour(wall))
}
