// Prints vectors of the reference implementation as JSON: keys derived from a passphrase, subkeys,
// and frames of its compressors. Deterministic but for nonces.
package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"

	"github.com/PlakarKorp/kloset/compression"
	"github.com/PlakarKorp/kloset/encryption"
)

type derivation struct {
	Passphrase string               `json:"passphrase"`
	Params     encryption.KDFParams `json:"params"`
	Salt       string               `json:"saltHex"`
	Key        string               `json:"keyHex"`
}

type stream struct {
	SubKeyAlgorithm string `json:"subKeyAlgorithm"`
	Plain           string `json:"plainHex"`
	Sealed          string `json:"sealedHex"`
}

type frame struct {
	Algorithm string `json:"algorithm"`
	Plain     string `json:"plainHex"`
	Encoded   string `json:"encodedHex"`
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func derive(passphrase string, params encryption.KDFParams) derivation {
	params.Salt = []byte("a salt of 16 b..")
	key, err := encryption.DeriveKey(params, []byte(passphrase))
	check(err)
	return derivation{passphrase, params, hex.EncodeToString(params.Salt), hex.EncodeToString(key)}
}

func argon2(time, memory uint32, threads uint8) encryption.KDFParams {
	return encryption.KDFParams{KDF: "ARGON2ID", Argon2idParams: &encryption.Argon2idParams{
		SaltSize: 16, Time: time, Memory: memory, Threads: threads, KeyLen: 32}}
}

func scrypt(n, r, p int) encryption.KDFParams {
	return encryption.KDFParams{KDF: "SCRYPT", ScryptParams: &encryption.ScryptParams{
		SaltSize: 16, N: n, R: r, P: p, KeyLen: 32}}
}

func pbkdf2(iterations int) encryption.KDFParams {
	return encryption.KDFParams{KDF: "PBKDF2", Pbkdf2Params: &encryption.PBKDF2Params{
		SaltSize: 16, Iterations: iterations, KeyLen: 32, Hashing: "SHA256"}}
}

func seal(algorithm string, key []byte, plain []byte) stream {
	config := encryption.NewDefaultConfiguration()
	config.SubKeyAlgorithm = algorithm
	sealed, err := encryption.EncryptStream(config, key, bytes.NewReader(plain))
	check(err)
	all, err := io.ReadAll(sealed)
	check(err)
	return stream{algorithm, hex.EncodeToString(plain), hex.EncodeToString(all)}
}

func deflate(algorithm string, plain []byte) frame {
	encoded, err := compression.DeflateStream(algorithm, bytes.NewReader(plain))
	check(err)
	all, err := io.ReadAll(encoded)
	check(err)
	return frame{algorithm, hex.EncodeToString(plain), hex.EncodeToString(all)}
}

func main() {
	key := bytes.Repeat([]byte{7}, 32)
	text := bytes.Repeat([]byte("a photo, and another photo; "), 40)
	frames := []frame{}
	for _, algorithm := range []string{"LZ4", "GZIP", "ZSTD"} {
		for _, plain := range [][]byte{{}, []byte("x"), text} {
			frames = append(frames, deflate(algorithm, plain))
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", " ")
	check(out.Encode(map[string]any{
		"madeWith": "kloset v1.1.4",
		"derivations": []derivation{
			derive("correct horse", argon2(4, 8*1024, 1)),
			derive("correct horse", argon2(3, 16*1024, 4)),
			derive("pässword 🌊", argon2(1, 8*1024, 2)),
			derive("correct horse", scrypt(1<<15, 8, 1)),
			derive("correct horse", scrypt(1<<14, 4, 3)),
			derive("correct horse", pbkdf2(100000)),
			derive("", pbkdf2(10000)),
		},
		"masterKeyHex": hex.EncodeToString(key),
		"streams": []stream{
			seal("AES256-KW", key, []byte("a private photo")),
			seal("AES256-GCM", key, []byte("a private photo")),
			seal("AES256-GCM", key, nil),
			seal("AES256-GCM", key, text),
		},
		"frames": frames,
	}))
}
