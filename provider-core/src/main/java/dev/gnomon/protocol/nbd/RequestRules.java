/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_BLOCK_STATUS;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_CACHE;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_FLAG_DF;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_FLAG_FAST_ZERO;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_FLAG_FUA;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_FLAG_NO_HOLE;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_FLAG_REQ_ONE;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_FLUSH;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_READ;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_TRIM;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_WRITE;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_WRITE_ZEROES;

/**
 * What a request may ask, before the export is asked. Refusals answer that request only; a write that is refused still
 * has its payload taken off the wire by the caller.
 */
final class RequestRules {
    private final long sizeBytes;
    private final boolean readOnly;
    private final boolean structured;
    private final boolean contextChosen;
    private final long requestBytes;

    RequestRules(long sizeBytes, boolean readOnly, boolean structured, boolean contextChosen, int requestBytes) {
        this.sizeBytes = sizeBytes;
        this.readOnly = readOnly;
        this.structured = structured;
        this.contextChosen = contextChosen;
        this.requestBytes = requestBytes;
    }

    /** Returns {@link NbdError#NONE} if the request may go on. DISC is not asked about. */
    NbdError check(Request request) {
        if ((request.flags & ~allowedFlags(request.type)) != 0) {
            return NbdError.EINVAL;
        }
        return switch (request.type) {
            case CMD_FLUSH -> request.offset == 0 && request.length == 0 ? NbdError.NONE : NbdError.EINVAL;
            case CMD_READ -> request.length > requestBytes ? NbdError.EINVAL : range(request, NbdError.EINVAL);
            case CMD_BLOCK_STATUS -> contextChosen ? range(request, NbdError.EINVAL) : NbdError.EINVAL;
            case CMD_WRITE, CMD_WRITE_ZEROES -> readOnly ? NbdError.EPERM : range(request, NbdError.ENOSPC);
            case CMD_CACHE -> range(request, NbdError.EINVAL);
            case CMD_TRIM -> readOnly ? NbdError.EPERM : range(request, NbdError.EINVAL);
            default -> NbdError.EINVAL;
        };
    }

    /** FUA is legal on every command once it was offered (NBD protocol, "Command flags"). */
    private int allowedFlags(int type) {
        return CMD_FLAG_FUA
                | switch (type) {
                    case CMD_READ -> structured ? CMD_FLAG_DF : 0;
                    case CMD_WRITE_ZEROES -> CMD_FLAG_NO_HOLE | CMD_FLAG_FAST_ZERO;
                    case CMD_BLOCK_STATUS -> CMD_FLAG_REQ_ONE;
                    default -> 0;
                };
    }

    /** Subtracts instead of adding, so that no sum can wrap. */
    private NbdError range(Request request, NbdError pastEnd) {
        if (request.length == 0) {
            return NbdError.EINVAL;
        }
        boolean inside =
                request.offset >= 0 && request.offset <= sizeBytes && request.length <= sizeBytes - request.offset;
        return inside ? NbdError.NONE : pastEnd;
    }
}
