"""Measurements that people run; nothing here is a test."""
