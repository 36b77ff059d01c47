// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// A provider object as VSS sees it. Every call goes through here, and a code that the method does not document is a failure of
// whatever assertion is running: this is how assertion 33 holds for the whole run.

#include <string>
#include <vector>

#include "kit.h"

namespace gnomon::conformance {

/** A VSS_SNAPSHOT_PROP whose strings are freed at the end. */
class Props {
 public:
  Props() : value_() {}
  explicit Props(const VSS_SNAPSHOT_PROP& taken) : value_(taken) {}
  Props(const Props&) = delete;
  Props& operator=(const Props&) = delete;
  Props(Props&& other) noexcept : value_(other.value_) { other.value_ = {}; }
  ~Props();
  VSS_SNAPSHOT_PROP* operator->() { return &value_; }
  const VSS_SNAPSHOT_PROP* operator->() const { return &value_; }
  VSS_SNAPSHOT_PROP* get() { return &value_; }
  /** All fields as text, for comparing and showing. */
  std::string text(bool withDeviceName = true) const;

 private:
  VSS_SNAPSHOT_PROP value_;
};

/** Text of a string that may be NULL. */
std::wstring orEmpty(const wchar_t* text);

/** What a COM enumerator gives. */
class Listing {
 public:
  explicit Listing(Com<IVssEnumObject> enumerator) : enumerator_(std::move(enumerator)) {}
  /** Next(count): the result, how many were fetched; the items are added to what this holds. */
  HRESULT next(ULONG count, ULONG* fetched);
  HRESULT skip(ULONG count);
  HRESULT reset();
  HRESULT clone(Com<IVssEnumObject>* other);
  std::vector<Props> items;
  IVssEnumObject* raw() const { return enumerator_.get(); }

 private:
  Com<IVssEnumObject> enumerator_;
};

/** One provider object. Copies share it. */
class Provider {
 public:
  Provider() = default;
  explicit Provider(const Com<IUnknown>& object);

  HRESULT setContext(LONG context) const;
  HRESULT properties(const VSS_ID& snapshot, Props* props) const;
  HRESULT query(const VSS_ID& object, VSS_OBJECT_TYPE queried, VSS_OBJECT_TYPE returned, Com<IVssEnumObject>* out) const;
  HRESULT remove(const VSS_ID& source, VSS_OBJECT_TYPE type, bool force, LONG* deleted, VSS_ID* nondeleted) const;
  HRESULT begin(const VSS_ID& set, const VSS_ID& snapshot, const std::wstring& volume, LONG context) const;
  HRESULT supported(const std::wstring& volume, BOOL* supported) const;
  HRESULT snapshotted(const std::wstring& volume, BOOL* present, LONG* compatibility) const;
  HRESULT setProperty(const VSS_ID& snapshot, int property, const VARIANT& value) const;
  HRESULT revert(const VSS_ID& snapshot) const;
  HRESULT revertStatus(const std::wstring& volume, Com<IVssAsync>* out) const;

  HRESULT end(const VSS_ID& set) const;
  HRESULT preCommit(const VSS_ID& set) const;
  HRESULT commit(const VSS_ID& set) const;
  HRESULT postCommit(const VSS_ID& set, LONG count) const;
  HRESULT preFinal(const VSS_ID& set) const;
  HRESULT postFinal(const VSS_ID& set) const;
  HRESULT abort(const VSS_ID& set) const;

  HRESULT load(IUnknown* callback = nullptr) const;
  HRESULT unload(bool force) const;

  /** All snapshots that this object lists. */
  std::vector<Props> list() const;

  IVssSoftwareSnapshotProvider* software() const { return software_.get(); }
  IVssProviderCreateSnapshotSet* creation() const { return creation_.get(); }
  IVssProviderNotifications* notifications() const { return notifications_.get(); }

 private:
  Com<IVssSoftwareSnapshotProvider> software_;
  Com<IVssProviderCreateSnapshotSet> creation_;
  Com<IVssProviderNotifications> notifications_;
};

/** Throws a Failure if the method does not document the code (contract 1.3 to 1.6); returns it otherwise. */
HRESULT documented(const char* method, HRESULT hr);

/** How many results of methods were looked at so far. */
long documentedSoFar();

}  // namespace gnomon::conformance
