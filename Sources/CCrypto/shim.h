#ifndef UMOCI_TX_CCRYPTO_SHIM_H
#define UMOCI_TX_CCRYPTO_SHIM_H

// The low-level hash functions are deprecated since OpenSSL 3.0 in favour of EVP; they are
// used because a static binary then pulls in 25 KB instead of the provider machinery.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>
#include <openssl/ripemd.h>
#include <openssl/sha.h>

#endif
