/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

/**
 * Numbers of the NBD protocol, with the names of its document. All fields on the wire are big-endian.
 *
 * <p>Layouts, in bytes:
 *
 * <pre>
 * option    magic 8 | option 4 | length 4 | payload
 * reply     magic 8 | option 4 | type 4 | length 4 | payload
 * request   magic 4 | flags 2 | type 2 | cookie 8 | offset 8 | length 4 | payload of a write
 * simple    magic 4 | error 4 | cookie 8 | payload of a read
 * chunk     magic 4 | flags 2 | type 2 | cookie 8 | length 4 | payload
 * </pre>
 */
public final class NbdProtocol {
    /** The port assigned to NBD. */
    public static final int DEFAULT_PORT = 10809;

    /** First eight bytes of a server. */
    public static final long INIT_MAGIC = 0x4e42444d41474943L;
    /** Second eight bytes of a server, and the start of every option. */
    public static final long OPTION_MAGIC = 0x49484156454F5054L;
    /** Start of every reply to an option. */
    public static final long OPTION_REPLY_MAGIC = 0x0003e889045565a9L;
    /** Start of every request. */
    public static final int REQUEST_MAGIC = 0x25609513;
    /** Start of every simple reply. */
    public static final int SIMPLE_REPLY_MAGIC = 0x67446698;
    /** Start of every chunk of a structured reply. */
    public static final int CHUNK_MAGIC = 0x668e33ef;

    /** Length of an option before its payload. */
    public static final int OPTION_HEADER_BYTES = 16;
    /** Length of an option reply before its payload. */
    public static final int OPTION_REPLY_HEADER_BYTES = 20;
    /** Length of a request before its payload. */
    public static final int REQUEST_BYTES = 28;
    /** Length of a simple reply before its payload. */
    public static final int SIMPLE_REPLY_BYTES = 16;
    /** Length of a chunk before its payload. */
    public static final int CHUNK_HEADER_BYTES = 20;

    /** Handshake and client flag: fixed newstyle. */
    public static final int FLAG_FIXED_NEWSTYLE = 1;
    /** Handshake and client flag: no 124 zeros after the reply to EXPORT_NAME. */
    public static final int FLAG_NO_ZEROES = 2;
    /** Zeros after the reply to EXPORT_NAME unless both sides agreed otherwise. */
    public static final int EXPORT_NAME_PADDING_BYTES = 124;

    /** Option. */
    public static final int OPT_EXPORT_NAME = 1;
    /** Option. */
    public static final int OPT_ABORT = 2;
    /** Option. */
    public static final int OPT_LIST = 3;
    /** Option. */
    public static final int OPT_STARTTLS = 5;
    /** Option. */
    public static final int OPT_INFO = 6;
    /** Option. */
    public static final int OPT_GO = 7;
    /** Option. */
    public static final int OPT_STRUCTURED_REPLY = 8;
    /** Option. */
    public static final int OPT_LIST_META_CONTEXT = 9;
    /** Option. */
    public static final int OPT_SET_META_CONTEXT = 10;

    /** Option reply. */
    public static final int REP_ACK = 1;
    /** Option reply: one export name. */
    public static final int REP_SERVER = 2;
    /** Option reply: one piece of information. */
    public static final int REP_INFO = 3;
    /** Option reply: one metadata context. */
    public static final int REP_META_CONTEXT = 4;
    /** Bit that every refusal has. */
    public static final int REP_ERROR = 1 << 31;
    /** Refusal: unknown option. */
    public static final int REP_ERR_UNSUP = REP_ERROR | 1;
    /** Refusal: forbidden by the server's rules. */
    public static final int REP_ERR_POLICY = REP_ERROR | 2;
    /** Refusal: malformed, or at the wrong time. */
    public static final int REP_ERR_INVALID = REP_ERROR | 3;
    /** Refusal: TLS must come first. */
    public static final int REP_ERR_TLS_REQD = REP_ERROR | 5;
    /** Refusal: no such export. */
    public static final int REP_ERR_UNKNOWN = REP_ERROR | 6;
    /** Refusal: server is stopping. */
    public static final int REP_ERR_SHUTDOWN = REP_ERROR | 7;
    /** Refusal: too large. */
    public static final int REP_ERR_TOO_BIG = REP_ERROR | 9;

    /** Information: size and transmission flags. */
    public static final int INFO_EXPORT = 0;
    /** Information: canonical name. */
    public static final int INFO_NAME = 1;
    /** Information: text for people. */
    public static final int INFO_DESCRIPTION = 2;
    /** Information: minimum, preferred, maximum block size. */
    public static final int INFO_BLOCK_SIZE = 3;

    /** Transmission flag, always set. */
    public static final int HAS_FLAGS = 1;
    /** Transmission flag. */
    public static final int READ_ONLY = 1 << 1;
    /** Transmission flag. */
    public static final int SEND_FLUSH = 1 << 2;
    /** Transmission flag. */
    public static final int SEND_FUA = 1 << 3;
    /** Transmission flag. */
    public static final int SEND_TRIM = 1 << 5;
    /** Transmission flag. */
    public static final int SEND_WRITE_ZEROES = 1 << 6;
    /** Transmission flag. */
    public static final int SEND_DF = 1 << 7;
    /** Transmission flag. */
    public static final int CAN_MULTI_CONN = 1 << 8;
    /** Transmission flag. */
    public static final int SEND_CACHE = 1 << 10;
    /** Transmission flag. */
    public static final int SEND_FAST_ZERO = 1 << 11;

    /** Command. */
    public static final int CMD_READ = 0;
    /** Command. */
    public static final int CMD_WRITE = 1;
    /** Command. */
    public static final int CMD_DISC = 2;
    /** Command. */
    public static final int CMD_FLUSH = 3;
    /** Command. */
    public static final int CMD_TRIM = 4;
    /** Command. */
    public static final int CMD_CACHE = 5;
    /** Command. */
    public static final int CMD_WRITE_ZEROES = 6;
    /** Command. */
    public static final int CMD_BLOCK_STATUS = 7;

    /** Command flag: durable before the reply. */
    public static final int CMD_FLAG_FUA = 1;
    /** Command flag: keep the space of a zeroed range. */
    public static final int CMD_FLAG_NO_HOLE = 1 << 1;
    /** Command flag: one chunk, or an error. */
    public static final int CMD_FLAG_DF = 1 << 2;
    /** Command flag: one extent. */
    public static final int CMD_FLAG_REQ_ONE = 1 << 3;
    /** Command flag: fail unless faster than writing. */
    public static final int CMD_FLAG_FAST_ZERO = 1 << 4;

    /** Chunk flag: last of its reply. */
    public static final int CHUNK_DONE = 1;
    /** Chunk: nothing but the flag. */
    public static final int CHUNK_NONE = 0;
    /** Chunk: offset 8, then data. */
    public static final int CHUNK_OFFSET_DATA = 1;
    /** Chunk: offset 8, length 4; a range of zeros. */
    public static final int CHUNK_OFFSET_HOLE = 2;
    /** Chunk: context 4, then pairs of length 4 and flags 4. */
    public static final int CHUNK_BLOCK_STATUS = 5;
    /** Bit that every error chunk has. */
    public static final int CHUNK_ERROR_BIT = 1 << 15;
    /** Chunk: error 4, text length 2, text. */
    public static final int CHUNK_ERROR = CHUNK_ERROR_BIT | 1;

    /** The metadata context of what takes space. */
    public static final String BASE_ALLOCATION = "base:allocation";
    /** Flag of {@code base:allocation}: takes no space. */
    public static final int STATE_HOLE = 1;
    /** Flag of {@code base:allocation}: reads as zeros. */
    public static final int STATE_ZERO = 2;
    /** Flag of {@code qemu:dirty-bitmap:}: changed. */
    public static final int STATE_DIRTY = 1;

    private NbdProtocol() {}
}
