/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import dev.gnomon.control.RequestCodec.Operation;
import tools.jackson.databind.node.ObjectNode;

/** Requests on the VSS provider as messages, and back: a part of {@link RequestCodec}. */
final class VssRequestCodec {
    /** Most times that one fault happens. */
    private static final int MAX_TIMES = 1_000_000;

    private static final int MAX_WORD_LENGTH = 64;
    private static final int MAX_VOLUME_LENGTH = 1_024;

    private VssRequestCodec() {}

    static Operation encode(Request.Vss request, ObjectNode parameters) {
        return switch (request) {
            case Request.FaultAdd r -> {
                parameters.put("call", r.call()).put("action", r.action()).put("times", r.times());
                if (!r.volume().isEmpty()) {
                    parameters.put("volume", r.volume());
                }
                yield Operation.FAULT_ADD;
            }
            case Request.FaultList _ -> Operation.FAULT_LIST;
            case Request.FaultClear _ -> Operation.FAULT_CLEAR;
            case Request.TraceList r -> {
                if (r.afterSequence() > 0) {
                    parameters.put("afterSequence", r.afterSequence());
                }
                yield Operation.TRACE_LIST;
            }
            case Request.TraceClear _ -> Operation.TRACE_CLEAR;
        };
    }

    static Request.FaultAdd faultAdd(Fields in) throws ControlException {
        return new Request.FaultAdd(
                in.text("call"), in.text("action"), (int) in.integer("times", 1, MAX_TIMES), in.optionalText("volume"));
    }

    static Request.TraceList traceList(Fields in) throws ControlException {
        return new Request.TraceList(in.has("afterSequence") ? in.count("afterSequence") : 0);
    }

    static void check(Request.Vss request) throws ControlException {
        if (request instanceof Request.FaultAdd fault) {
            word("call", fault.call(), "[A-Za-z]+", "the name of a call, such as CommitSnapshots, or any");
            word("action", fault.action(), "[a-z]+(=[A-Za-z0-9_]+)?", "an action such as delay=12s or hang");
            if (fault.times() < 1 || fault.times() > MAX_TIMES) {
                throw ControlException.invalid("times: " + fault.times() + "; allowed are 1 to " + MAX_TIMES);
            }
            if (fault.volume().length() > MAX_VOLUME_LENGTH
                    || fault.volume().chars().anyMatch(Character::isISOControl)) {
                throw ControlException.invalid("volume: " + FieldRules.shown(fault.volume())
                        + "; allowed is the name of a volume, at most " + MAX_VOLUME_LENGTH + " characters");
            }
        }
    }

    private static void word(String field, String value, String pattern, String allowed) throws ControlException {
        if (value.length() > MAX_WORD_LENGTH || !value.matches(pattern)) {
            throw ControlException.invalid(field + ": " + FieldRules.shown(value) + "; allowed is " + allowed);
        }
    }
}
