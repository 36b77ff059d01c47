#!/usr/bin/env bash
# Copyright 2026 The Gnomon Authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes the certificates and keys in this folder, which tests use and nothing else may. They are valid for a hundred years.
#   ca        the authority                    server     for localhost, 127.0.0.1 and ::1
#   client    of the authority                 elsewhere  of the authority, for another host
#   other-ca  an authority that nobody trusts  stranger   of that authority, for localhost

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
DAYS=36500

key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1-key.pem"; }

authority() {
  key "$1"
  openssl req -x509 -new -key "$1-key.pem" -subj "/CN=Gnomon tests $1" -days "$DAYS" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign -out "$1-cert.pem"
}

# signed NAME AUTHORITY ALTERNATIVE_NAMES
signed() {
  key "$1"
  openssl req -new -key "$1-key.pem" -subj "/CN=Gnomon tests $1" -out "$1.csr"
  openssl x509 -req -in "$1.csr" -CA "$2-cert.pem" -CAkey "$2-key.pem" -CAcreateserial -days "$DAYS" \
    -extfile <(printf 'subjectAltName=%s\nbasicConstraints=CA:FALSE\nkeyUsage=digitalSignature\n' "$3") -out "$1-cert.pem"
  rm -f "$1.csr"
}

authority ca
authority other-ca
signed server ca DNS:localhost,IP:127.0.0.1,IP:::1
signed client ca DNS:client.example
signed elsewhere ca DNS:elsewhere.example
signed stranger other-ca DNS:localhost,IP:127.0.0.1
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out rsa-key.pem
openssl req -x509 -new -key rsa-key.pem -subj "/CN=localhost" -days "$DAYS" -addext subjectAltName=DNS:localhost -out rsa-cert.pem
openssl ec -in server-key.pem -out traditional-key.pem
rm -f ./*.srl ca-key.pem other-ca-key.pem
