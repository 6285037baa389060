"""Runs git and reads its objects as bytes: processes, object streams, raw trees and commits, notes."""
