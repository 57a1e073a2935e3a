// Command probe tries connections from the network namespace in which it runs, and says what became of each.
//
// It reads one JSON object from standard input and writes the outcomes, in the order of the targets, to standard
// output. It is no Node script because a refused connection alone does not tell a closed port from a firewall: both
// are ECONNREFUSED. Only the socket's error queue, which Node does not read, shows whether an ICMP message refused it.
package main

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

type target struct {
	Address  string `json:"address"`
	Port     int    `json:"port"`
	Protocol string `json:"protocol"`
}

type request struct {
	TimeoutMs int `json:"timeoutMs"`
	// Connections at a time.
	Concurrency int      `json:"concurrency"`
	Targets     []target `json:"targets"`
	// Name that is asked of DNS servers.
	Question string `json:"question"`
}

type result struct {
	// open, closed, rejected, silent or unroutable.
	Outcome string `json:"outcome"`
	Detail  string `json:"detail,omitempty"`
}

// Origins and codes of errors in a socket's error queue.
const (
	originICMP      = 2
	netUnreachable  = 0
	hostUnreachable = 1
)

func main() {
	var asked request
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Fprintln(os.Stderr, "probe: read the request:", err)
		os.Exit(2)
	}
	results := make([]result, len(asked.Targets))
	slots := make(chan struct{}, max(asked.Concurrency, 1))
	var all sync.WaitGroup
	for i, one := range asked.Targets {
		slots <- struct{}{}
		all.Add(1)
		go func() {
			defer all.Done()
			results[i] = try(one, time.Duration(asked.TimeoutMs)*time.Millisecond, asked.Question)
			<-slots
		}()
	}
	all.Wait()
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		fmt.Fprintln(os.Stderr, "probe: write the results:", err)
		os.Exit(1)
	}
}

// try makes one attempt at a target.
func try(one target, timeout time.Duration, question string) result {
	// A second descriptor of the socket, to read its error queue once the first is closed.
	queue := -1
	dialer := net.Dialer{Timeout: timeout, Control: func(_, _ string, raw syscall.RawConn) error {
		var failure error
		err := raw.Control(func(fd uintptr) {
			if failure = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, syscall.IP_RECVERR, 1); failure == nil {
				queue, failure = syscall.Dup(int(fd))
			}
		})
		return errors.Join(err, failure)
	}}
	defer func() {
		if queue >= 0 {
			syscall.Close(queue)
		}
	}()
	network := map[string]string{"TCP": "tcp4", "UDP": "udp4"}[one.Protocol]
	connection, err := dialer.Dial(network, net.JoinHostPort(one.Address, fmt.Sprint(one.Port)))
	if err == nil {
		defer connection.Close()
		if one.Protocol == "UDP" {
			err = ask(connection, timeout, question)
		}
	}
	if err == nil {
		return result{Outcome: "open"}
	}
	return explain(err, queue, one.Protocol)
}

// explain names the outcome of a failed attempt.
func explain(err error, queue int, protocol string) result {
	if code, from, ok := icmpOf(queue); ok {
		detail := fmt.Sprintf("ICMP destination unreachable, code %d, from %s", code, from)
		if code == netUnreachable || code == hostUnreachable {
			return result{"unroutable", detail}
		}
		// Also for UDP, where it may be the host's own answer for a closed port: behind a translated address nothing
		// tells the two apart.
		return result{"rejected", detail}
	}
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED) && protocol == "TCP":
		return result{"closed", "RST"}
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		return result{"rejected", err.Error()}
	case errors.As(err, &timeout) && timeout.Timeout():
		return result{"silent", ""}
	default:
		return result{"unroutable", err.Error()}
	}
}

// icmpOf returns the code and sender of the ICMP message in a socket's error queue.
func icmpOf(queue int) (code byte, from string, ok bool) {
	if queue < 0 {
		return 0, "", false
	}
	data, control := make([]byte, 512), make([]byte, 512)
	_, n, _, _, err := syscall.Recvmsg(queue, data, control, syscall.MSG_ERRQUEUE|syscall.MSG_DONTWAIT)
	if err != nil {
		return 0, "", false
	}
	messages, err := syscall.ParseSocketControlMessage(control[:n])
	if err != nil {
		return 0, "", false
	}
	for _, message := range messages {
		// A struct sock_extended_err (errno, origin, type, code, pad, info, data) and the sender's sockaddr_in.
		if message.Header.Type != syscall.IP_RECVERR || len(message.Data) < 24 || message.Data[4] != originICMP {
			continue
		}
		return message.Data[6], net.IP(message.Data[20:24]).String(), true
	}
	return 0, "", false
}

// ask sends a DNS question, twice if there is no answer, and waits for an answer of any kind.
func ask(connection net.Conn, timeout time.Duration, question string) error {
	const id = 0x5157
	query := message(id, question)
	answer := make([]byte, 512)
	var err error
	for range 2 {
		if _, err = connection.Write(query); err != nil {
			return err
		}
		if err = connection.SetReadDeadline(time.Now().Add(timeout / 2)); err != nil {
			return err
		}
		var n int
		if n, err = connection.Read(answer); err == nil {
			if n < 2 || binary.BigEndian.Uint16(answer) != id {
				return errors.New("not an answer to the question")
			}
			return nil
		}
		var late net.Error
		if !errors.As(err, &late) || !late.Timeout() {
			return err
		}
	}
	return err
}

// message is a DNS query for the A records of a name.
func message(id uint16, name string) []byte {
	query := binary.BigEndian.AppendUint16(nil, id)
	// Recursion desired; one question.
	query = append(query, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	label := ""
	for _, char := range name + "." {
		if char != '.' {
			label += string(char)
			continue
		}
		if label != "" {
			query = append(append(query, byte(len(label))), label...)
		}
		label = ""
	}
	// The root, type A, class IN.
	return append(query, 0, 0, 1, 0, 1)
}
