/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.port;

import dev.gnomon.installer.plan.SetupException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The registry below HKEY_LOCAL_MACHINE, as a 64-bit program sees it. Names are compared without regard to case. */
public interface Registry {
    /** What a value may hold. */
    sealed interface Value {
        /** A text, with {@code %NAME%} replaced by whoever reads it if it is expandable. */
        record Text(String text, boolean expandable) implements Value {
            /** Makes one that nothing is replaced in. */
            public Text(String text) {
                this(text, false);
            }
        }

        /** A number of 32 bits. */
        record Dword(int number) implements Value {}

        /** A list of texts. */
        record Texts(List<String> texts) implements Value {
            /** Copies the list. */
            public Texts {
                texts = List.copyOf(texts);
            }
        }

        /** Something that setup never writes. */
        record Other(String description) implements Value {}
    }

    /** Returns whether a key exists. */
    boolean exists(String key) throws SetupException;

    /** Returns a value, the default one under the empty name; nothing if the key or the value does not exist. */
    Optional<Value> value(String key, String name) throws SetupException;

    /** Returns all values of a key by name; empty if it does not exist. */
    Map<String, Value> values(String key) throws SetupException;

    /** Returns the names of the keys right below one, sorted; empty if it does not exist. */
    List<String> subkeys(String key) throws SetupException;

    /** Sets a value; missing keys are made. */
    void set(String key, String name, Value value) throws SetupException;

    /** Deletes a value; success if there is none. */
    void deleteValue(String key, String name) throws SetupException;

    /** Deletes a key with all that is below; success if there is none. */
    void deleteTree(String key) throws SetupException;

    /** Returns the text of a value, empty if there is none or it is no text. */
    default String text(String key, String name) throws SetupException {
        return value(key, name).orElse(new Value.Dword(0)) instanceof Value.Text text ? text.text() : "";
    }

    /** Deletes a key that has neither values nor keys; success if it has, or does not exist. */
    default void deleteIfEmpty(String key) throws SetupException {
        if (exists(key) && values(key).isEmpty() && subkeys(key).isEmpty()) {
            deleteTree(key);
        }
    }
}
