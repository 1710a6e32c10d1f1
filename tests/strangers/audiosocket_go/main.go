// Be the telephone: send a file of signed linear sound over AudioSocket with the library of the protocol's author,
// count what comes back, and hang up. Built by tests/strangers/test_audiosocket_go.py.
package main

import (
	"fmt"
	"net"
	"os"

	"github.com/CyCoreSystems/audiosocket"
	"github.com/gofrs/uuid"
)

func main() {
	address, name, path := os.Args[1], os.Args[2], os.Args[3]
	connection, err := net.Dial("tcp", address)
	check(err)
	_, err = connection.Write(audiosocket.IDMessage(uuid.Must(uuid.FromString(name))))
	check(err)
	sound, err := os.ReadFile(path)
	check(err)
	heard := make(chan string)
	go listen(connection, heard)
	check(audiosocket.SendSlinChunks(connection, audiosocket.DefaultSlinChunkSize, sound))
	_, err = connection.Write(audiosocket.HangupMessage())
	check(err)
	fmt.Println(<-heard)
}

func listen(connection net.Conn, heard chan<- string) {
	frames, bytes := 0, 0
	for {
		message, err := audiosocket.NextMessage(connection)
		if err != nil || message.Kind() == audiosocket.KindHangup {
			heard <- fmt.Sprintf("frames=%d bytes=%d hung_up=%t", frames, bytes, err == nil)
			return
		}
		if message.Kind() == audiosocket.KindSlin {
			frames++
			bytes += len(message.Payload())
		}
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
